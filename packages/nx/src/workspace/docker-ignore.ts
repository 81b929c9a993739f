import {
  type IgnorePattern,
  isIgnored,
  isIgnoredByBuildKit,
  matchesPath,
  readIgnorePatterns,
} from "./docker-ignore-patterns.js";
import { readLineEnding } from "./source-text.js";

/** A line for the .dockerignore. */
interface Rule {
  readonly pattern: IgnorePattern;
  /** Names that it keeps out of every folder that it looks into. */
  readonly samples: readonly string[];
}

/**
 * What no build reads. Test reports are left out only where test runners put them: deeper down, a folder called
 * `coverage` can be the source of a service, for insurance for one.
 */
const CLUTTER = readRules([
  [".git", ".git", ".git/any"],
  [".nx", ".nx", ".nx/any"],
  ["**/node_modules", "node_modules", "node_modules/any"],
  ["**/dist", "dist", "dist/any"],
  ["coverage", "coverage", "coverage/any"],
  ["*/*/coverage", "modules/any/coverage", "modules/any/coverage/any"],
  ["tmp", "tmp", "tmp/any"],
  ["**/*.tsbuildinfo", "any.tsbuildinfo"],
  ["**/.DS_Store", ".DS_Store"],
  ["**/.idea", ".idea", ".idea/any"],
  ["**/.vscode", ".vscode", ".vscode/any"],
  [".github", ".github", ".github/any"],
  [".gitlab", ".gitlab", ".gitlab/any"],
  [".gitlab-ci.yml", ".gitlab-ci.yml"],
  [".circleci", ".circleci", ".circleci/any"],
  ["bitbucket-pipelines.yml", "bitbucket-pipelines.yml"],
]);

/** What must never reach a layer, which everybody who can pull the image can read. */
const SECRETS = readRules([
  ["**/.env", ".env"],
  ["**/.env.*", ".env.any", ".env.local", ".env.yml", ".env.production.yml"],
  ["**/.npmrc", ".npmrc"],
  ["**/.netrc", ".netrc"],
  ["**/*.pem", "any.pem"],
  ["**/*.key", "any.key"],
  ["**/*.p12", "any.p12"],
  ["**/*.pfx", "any.pfx"],
  ["**/id_rsa*", "id_rsa", "id_rsa_any"],
  ["**/id_ecdsa*", "id_ecdsa", "id_ecdsa_any"],
  ["**/id_ed25519*", "id_ed25519", "id_ed25519_any"],
  ["**/.ssh", ".ssh", ".ssh/any"],
  ["**/.gnupg", ".gnupg", ".gnupg/any"],
  ["**/.aws", ".aws", ".aws/any"],
  ["**/.azure", ".azure", ".azure/any"],
  ["**/.gcloud", ".gcloud", ".gcloud/any"],
  ["**/.config/gcloud", ".config/gcloud", ".config/gcloud/any"],
  ["**/.kube", ".kube", ".kube/any"],
  ["**/.docker/config.json", ".docker/config.json"],
]);

/** Where a pattern with two stars in front is tried. */
const FOLDERS = ["", "any/", "modules/any/", "modules/any/src/any/"];

/** Endings that no folder has. */
const FILE = /\.(?:md|txt|json|ya?ml|toml|lock|[cm]?[jt]sx?|sh)$/i;

const HEADING = [
  "# Added by @ooneex/nx. Images are built from the repository root; none of this belongs in one, secrets least.",
  "# The last line that matches a file decides, so a line of yours below this block has the last word.",
];
const SECRETS_HEADING = "# Secrets come last, so that no line above takes them back in.";
const KEPT_HEADING = "# Taken back in by lines above, and so still:";

/**
 * Makes sure that the root .dockerignore keeps out of the build context what no image needs, and above all secrets.
 *
 * What is missing comes at the end, because the last line that matches decides: an allow-list (`*`, then `!modules`)
 * takes `modules/billing/.env.yml` back in if `.env.yml` is ignored above it. A `!` line that names just what one of
 * the rules is about, such as `!modules/billing/.npmrc`, is the user's decision: it does not count as a gap, and where
 * the new lines would undo it, it is said again behind them. A broader one decides nothing about secrets: it counts.
 *
 * @param text - the file's text; `undefined` where there is no file
 * @returns the text with one block added to its end, or the original one where nothing is missing
 */
export function ensureDockerIgnore(text: string | undefined): string {
  const original = text ?? "";
  const patterns = readIgnorePatterns(original);
  const clutter = listMissing(patterns, CLUTTER, [...CLUTTER, ...SECRETS]);
  const secrets = listMissing([...patterns, ...readIgnorePatterns(clutter.join("\n"))], SECRETS, SECRETS);
  if (clutter.length + secrets.length === 0) return original;
  const eol = readLineEnding(original);
  const block = [...HEADING, ...clutter, ...(secrets.length === 0 ? [] : [SECRETS_HEADING]), ...secrets, ""].join(eol);
  if (original === "") return block;
  return `${original}${original.endsWith("\n") ? "" : eol}${eol}${block}`;
}

/**
 * Whether a file is kept out of every image because its name says that it holds a secret. A `!` line of the .dockerignore
 * that names such files and no others is the user's decision that they hold none.
 *
 * @param path - workspace-relative
 * @param text - the root .dockerignore's text; `undefined` where there is no file
 */
export function isSecret(path: string, text: string | undefined): boolean {
  if (!SECRETS.some(({ pattern }) => matchesPath(pattern, path))) return false;
  const last = readIgnorePatterns(text ?? "").findLast((pattern) => matchesPath(pattern, path));
  return last === undefined || !isDecision(last, SECRETS);
}

/**
 * The lines that the rules want for, and behind them the user's decisions that they would undo.
 *
 * @param decided - the rules that a `!` line can be a decision about, without being a gap
 */
function listMissing(patterns: readonly IgnorePattern[], rules: readonly Rule[], decided: readonly Rule[]): string[] {
  const counted = patterns.filter((pattern) => !isDecision(pattern, decided));
  const folders = [...FOLDERS, ...counted.filter(({ negated }) => negated).flatMap(listFolders)];
  const missing = rules.filter(({ pattern, samples }) => {
    const places = pattern.line.startsWith("**/") ? folders : [""];
    const paths = places.flatMap((folder) => samples.map((name) => folder + name));
    return !paths.every((path) => isIgnored(counted, path) && isIgnoredByBuildKit(counted, path));
  });
  const lines = missing.map(({ pattern }) => pattern.line);
  const kept = patterns.filter(
    (pattern, index) => isDecision(pattern, missing) && !isIgnored(patterns.slice(index + 1), pattern.path),
  );
  return kept.length === 0 ? lines : [...lines, KEPT_HEADING, ...new Set(kept.map(({ line }) => line))];
}

/** Whether a pattern takes back in something that one of the rules is about, and nothing else. */
function isDecision({ negated, path }: IgnorePattern, rules: readonly Rule[]): boolean {
  return negated && rules.some(({ pattern }) => matchesPath(pattern, path));
}

function readRules(table: readonly (readonly [line: string, ...samples: string[]])[]): Rule[] {
  return table.flatMap(([line, ...samples]) => readIgnorePatterns(line).map((pattern) => ({ pattern, samples })));
}

/** Folders that a `!` line takes back in, or takes files of back in. */
function listFolders({ path }: IgnorePattern): string[] {
  const example = path.replace(/\*+/g, "any").replaceAll("?", "a");
  const parent = example.slice(0, example.lastIndexOf("/") + 1);
  return FILE.test(example) ? [parent] : [parent, `${example}/`];
}
