// `npm run python`: the tests of lab/training/ and lab/tools/, in the first Python that has PyTorch and pytest. Nothing else
// needs Python, so without one the tests are skipped with a message, which does not count as a failure.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { countPytest } from "./testCounts.mjs";

const report = path.resolve(".cache/reports/python.json");
const details = path.resolve(".cache/reports/python.xml");
const hasModules = "import importlib.util as u, sys; sys.exit(not (u.find_spec('torch') and u.find_spec('pytest')))";

const candidates = [process.env.PYTHON, ".venv/bin/python", ".venv/Scripts/python.exe", "python3", "python"];
const python = candidates.find(
  (command) => command !== undefined && spawnSync(command, ["-c", hasModules]).status === 0,
);

mkdirSync(path.dirname(report), { recursive: true });
rmSync(details, { force: true });
if (python === undefined) {
  console.log("Skipped: no Python with PyTorch and pytest. To run them: pip install -r lab/training/requirements.txt");
  writeFileSync(report, JSON.stringify({ passed: 0, failed: 0, skipped: 1 }));
} else {
  const { status } = spawnSync(python, ["-m", "pytest", "-q", "-p", "no:cacheprovider", `--junitxml=${details}`], {
    cwd: "lab/training",
    stdio: "inherit",
  });
  if (existsSync(details)) writeFileSync(report, JSON.stringify(countPytest(readFileSync(details, "utf8"))));
  process.exitCode = status ?? 1;
}
