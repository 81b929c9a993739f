import { append, type Change, defineChanges, editJson, type NxJson, onEveryNx, SERVICES, type TsconfigJson } from "./change.js";

const compilerOption =
  (name: string, value: unknown): Change["apply"] =>
  (workspace) =>
    editJson<TsconfigJson>(workspace, "tsconfig.json", ({ compilerOptions }) => {
      compilerOptions[name] = value;
    });

/** Files in the root, beside those about packages. */
export const ROOT_FILES = defineChanges([
  {
    title: "tsconfig.json: an alias that nobody uses",
    apply: (workspace) =>
      editJson<TsconfigJson>(workspace, "tsconfig.json", ({ compilerOptions }) => {
        compilerOptions.paths["@docs/*"] = ["./docs/*"];
      }),
    images: [],
  },
  {
    title: "tsconfig.json: an option of type checking",
    apply: compilerOption("noUnusedLocals", false),
    images: [],
    tasks: onEveryNx(SERVICES),
    why: "Nx takes every option of the root tsconfig.json but paths to be about every project",
  },
  {
    title: "tsconfig.json: an option that changes what is bundled",
    apply: compilerOption("emitDecoratorMetadata", false),
    images: SERVICES,
  },
  {
    title: "tsconfig.json: its layout",
    apply: async (workspace) => {
      const tsconfig: unknown = JSON.parse(await workspace.read("tsconfig.json"));
      await workspace.write("tsconfig.json", JSON.stringify(tsconfig, null, 4));
    },
    images: [],
  },
  {
    title: "tsconfig.json: a comment",
    apply: async (workspace) => workspace.write("tsconfig.json", `// Every module extends this file.\n${await workspace.read("tsconfig.json")}`),
    images: [],
    tasks: { "22.7": SERVICES, "23.2": SERVICES },
    why: "before 24 Nx cannot compare a tsconfig.json with comments",
  },
  {
    title: ".dockerignore",
    apply: (workspace) => append(workspace, ".dockerignore", "*.pdf\n"),
    images: [],
  },
  {
    title: "nx.json: defaults of another target",
    apply: (workspace) =>
      editJson<NxJson>(workspace, "nx.json", ({ targetDefaults }) => {
        targetDefaults["lint"] = { ...targetDefaults["lint"], dependsOn: ["^lint"] };
      }),
    images: [],
    tasks: onEveryNx(SERVICES),
    why: "Nx takes a change in nx.json to be about every project",
  },
  {
    title: "files of CI",
    apply: async (workspace) => {
      await append(workspace, ".github/workflows/ci.yml", "jobs: {}\n");
      await workspace.write(".gitlab-ci.yml", "stages: [test]\n");
    },
    images: [],
  },
  {
    title: "root README and documentation",
    apply: async (workspace) => {
      await append(workspace, "README.md", "More.\n");
      await workspace.write("docs/guide.md", "# Guide\n");
    },
    images: [],
  },
  {
    title: "biome.json and .commitlintrc.ts",
    apply: async (workspace) => {
      await editJson<{ formatter: { lineWidth: number } }>(workspace, "biome.json", ({ formatter }) => {
        formatter.lineWidth = 100;
      });
      await append(workspace, ".commitlintrc.ts", "// No emoji.\n");
    },
    images: [],
  },
]);
