import { append, type Change, defineChanges, editJson, onEveryNx, type PackageJson, replace } from "./change.js";

const BY_PROJECT = "before 24 Nx asks which project a file belongs to, and not whether the task reads it";
const BY_FOLDER = "Nx knows which module a file belongs to, and not who reaches it";

/** Only Nx 24 selects tasks by their inputs. */
const upTo23 = (tasks: readonly string[]): Pick<Change, "tasks" | "why"> => ({
  tasks: { "22.7": tasks, "23.2": tasks },
  why: BY_PROJECT,
});

const byFolder = (tasks: readonly string[]): Pick<Change, "tasks" | "why"> => ({ tasks: onEveryNx(tasks), why: BY_FOLDER });

/** Files of a service. */
export const OWN_FILES = defineChanges([
  {
    title: "own source",
    apply: (workspace) => replace(workspace, "modules/ledger/src/domain.ts", '"EUR"', '"CHF"'),
    images: ["ledger"],
  },
  {
    title: "own source that nothing imports",
    apply: (workspace) => replace(workspace, "modules/ledger/src/draft.ts", "true", "false"),
    images: [],
    ...byFolder(["ledger"]),
  },
  {
    title: "own source, new and imported",
    apply: async (workspace) => {
      await workspace.write("modules/ledger/src/vat.ts", "export const vat = 0.2;\n");
      await append(workspace, "modules/ledger/src/domain.ts", 'export { vat } from "./vat";\n');
    },
    images: ["ledger"],
  },
  {
    title: "own test",
    apply: (workspace) => append(workspace, "modules/ledger/tests/LedgerModule.spec.ts", 'test.todo("closes the year");\n'),
    images: [],
    ...upTo23(["ledger"]),
  },
  {
    title: "own README",
    apply: (workspace) => append(workspace, "modules/ledger/README.md", "Keeps the books.\n"),
    images: [],
    ...upTo23(["ledger"]),
  },
  {
    title: "own manifest",
    apply: (workspace) => append(workspace, "modules/ledger/ledger.yml", "locales: [en]\n"),
    images: ["ledger"],
  },
  {
    title: "own roles.yml",
    apply: (workspace) => replace(workspace, "modules/ledger/roles.yml", "A signed-in user", "A customer"),
    images: ["ledger"],
  },
  {
    title: "own .env.yml",
    apply: (workspace) => append(workspace, "modules/ledger/.env.yml", "region: eu\n"),
    images: [],
  },
  {
    title: "own .env.example.yml",
    apply: (workspace) => append(workspace, "modules/ledger/.env.example.yml", "region: eu\n"),
    images: [],
    ...upTo23(["ledger"]),
  },
  {
    title: "own Dockerfile",
    apply: (workspace) => replace(workspace, "modules/ledger/Dockerfile", "ENV NODE_ENV=production", "ENV TZ=UTC NODE_ENV=production"),
    images: ["ledger"],
  },
  {
    title: "scripts and version in an own package.json",
    apply: (workspace) =>
      editJson<PackageJson>(workspace, "modules/ledger/package.json", (json) => {
        json.version = "0.1.0";
        json.scripts = { ...json.scripts, close: "bun src/draft.ts" };
      }),
    images: [],
    ...byFolder(["ledger"]),
  },
]);

/** Files of modules and workspace packages that services import. */
export const SHARED_FILES = defineChanges([
  {
    title: "a shared file that two services reach",
    apply: (workspace) => replace(workspace, "modules/shared/src/clock.ts", "getUTCFullYear", "getFullYear"),
    images: ["alerts", "ledger"],
  },
  {
    title: "a shared file that one service reaches",
    apply: (workspace) => replace(workspace, "modules/shared/src/identifiers.ts", "nanoid(10)", "nanoid(12)"),
    images: ["ledger"],
    ...byFolder(["alerts", "ledger"]),
  },
  {
    title: "a shared file that nobody reaches",
    apply: (workspace) => replace(workspace, "modules/shared/src/colors.ts", "#f00", "#e00"),
    images: [],
    ...byFolder(["alerts", "ledger"]),
  },
  {
    title: "a file whose types alone are imported",
    apply: (workspace) => replace(workspace, "modules/shared/src/severity.ts", '"info"', '"info" | "warning"'),
    images: [],
    ...byFolder(["alerts", "ledger"]),
  },
  {
    title: "a file behind import() of a literal name",
    apply: (workspace) => replace(workspace, "modules/shared/src/holidays.ts", '"05-01"', '"05-01", "12-25"'),
    images: ["alerts"],
    ...byFolder(["alerts", "ledger"]),
  },
  {
    title: "a file two modules away",
    apply: (workspace) => replace(workspace, "modules/zones/src/surcharge.ts", "300", "350"),
    images: ["parcels"],
  },
  {
    title: "a file behind a re-export",
    apply: (workspace) => replace(workspace, "modules/zones/src/zone-of.ts", '"FR"', '"DE"'),
    images: ["parcels"],
  },
  {
    title: "scripts and version of an imported module",
    apply: (workspace) =>
      editJson<PackageJson>(workspace, "modules/carriers/package.json", (json) => {
        json.version = "0.1.0";
        json.scripts = { test: "bun test" };
      }),
    images: [],
    ...byFolder(["parcels"]),
  },
  {
    title: "a workspace package outside of modules that one service imports",
    apply: (workspace) => replace(workspace, "libs/money/src/index.ts", "toFixed(2)", "toFixed(3)"),
    images: ["ledger"],
  },
  {
    title: "a workspace package outside of modules that nobody imports",
    apply: (workspace) => replace(workspace, "libs/tax/src/index.ts", "20", "19"),
    images: [],
  },
]);
