// The page. For now only its title.
export function App() {
  return <h1>Winnow</h1>;
}
