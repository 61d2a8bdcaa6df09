/** "lanes 1 and 2" → "Lanes 1 and 2" */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
