import { append, type Change, defineChanges, editJson, onEveryNx, type PackageJson, replace, SERVICES } from "./change.js";

/** Later lines are exact. */
const upTo22: Pick<Change, "tasks" | "why"> = {
  tasks: { "22.7": SERVICES },
  why: "Nx 22 cannot tell which packages a change in bun.lock is about",
};

/** Entries of bun.lock, in part: what stands between the name and its dependencies, and the integrity of the archive. */
const RELEASES = {
  "isobject@3.0.0": "sha512-BuneTXllap3BKS9/GCd+aGI+nAKc2kPAgOwOxWdQewUK5En5mrhZe0WfDkbXQBgB1tHAuzkYmuIgH2gn2vOsHA==",
  "isobject@3.0.1": "sha512-WhB9zCku7EGTj/HQQRz5aUQEUeoQZH2bWcltRErOpymJ4boYE6wL9Tbr23krRPSZ+C5zqNSrSw+Cc7sZZ4b7vg==",
  "kind-of@6.0.2": "sha512-s5kLOcnH0XqDO+FvuaLX8DDjZ18CGFk7VygH40QoKPUQhW4e2rvM0rwUq0t8IQDOwYSeLK01U90OjzBTme2QqA==",
  "kind-of@6.0.3": "sha512-dcS1ul+9tmeD95T+x28/ehLgd9mENa3LsvDTtzm3vyBEO7RPptvAD+t44WVXaUjTBRcrpFeFlC8WCruUR456hw==",
  "repeat-string@1.5.4": "sha512-GP8qMQllllNuNpo5ESDNsrJ7Nclme5OCBfLKnVRDfvqRbV/6uzqmfAz4g3jxQAR3+qq2CYMaICoZG4VsYJW3zg==",
  "repeat-string@1.6.1": "sha512-PV0dzCYDNfRi1jCDbJzpW7jNNDRuCOG/jI5ctQcGKt/clZD+YcPS3yIlWuTJMmESC8aevCFmWJy5wjAFgNqN6w==",
} as const;

/** Another release of a package in bun.lock alone, as a bot or `bun update` writes it that leaves the ranges as they are. */
const relock =
  (before: keyof typeof RELEASES, after: keyof typeof RELEASES): Change["apply"] =>
  async (workspace) => {
    await replace(workspace, "bun.lock", `"${before}"`, `"${after}"`);
    await replace(workspace, "bun.lock", RELEASES[before], RELEASES[after]);
  };

const override =
  (overrides: Readonly<Record<string, string>>): Change["apply"] =>
  async (workspace) => {
    await editJson<PackageJson>(workspace, "package.json", (json) => {
      json.overrides = overrides;
    });
    await workspace.run(["bun", "install"]);
  };

const MS_PATCH = [
  "diff --git a/index.js b/index.js",
  "--- a/index.js",
  "+++ b/index.js",
  "@@ -2,5 +2,5 @@",
  "  * Helpers.",
  "  */",
  " ",
  "-var s = 1000;",
  "+var s = 1001;",
  " var m = s * 60;",
  "",
].join("\n");

/** The root package.json and bun.lock, which hold the npm packages of all. */
export const PACKAGES = defineChanges([
  {
    title: "a new dependency that nobody imports",
    apply: async (workspace) => {
      await workspace.run(["bun", "add", "is-number@7.0.0"]);
    },
    images: [],
    ...upTo22,
  },
  {
    title: "a dependency less that nobody imports",
    apply: async (workspace) => {
      await workspace.run(["bun", "remove", "isobject"]);
    },
    images: [],
    tasks: onEveryNx(SERVICES),
    why: "Nx takes the end of a package to be about every project",
  },
  {
    title: "another version of an own dependency",
    apply: async (workspace) => {
      await workspace.run(["bun", "add", "--exact", "ms@2.1.3"]);
    },
    images: ["alerts"],
    ...upTo22,
  },
  {
    title: "another version of a dependency behind a shared file",
    apply: async (workspace) => {
      await workspace.run(["bun", "add", "--exact", "nanoid@5.1.9"]);
    },
    images: ["ledger"],
    tasks: { ...onEveryNx(["alerts", "ledger"]), ...upTo22.tasks },
    why: "Nx knows that the module imports it, and not by which file; Nx 22 does not even know that",
  },
  {
    title: "a new development dependency",
    apply: async (workspace) => {
      await workspace.run(["bun", "add", "--dev", "is-odd@3.0.1"]);
    },
    images: [],
    ...upTo22,
  },
  {
    title: "an override of an own package",
    apply: override({ "repeat-string": "1.5.4" }),
    images: ["parcels"],
    ...upTo22,
  },
  {
    title: "an override of another package",
    apply: override({ isobject: "3.0.0" }),
    images: [],
    ...upTo22,
  },
  {
    title: "a patch of an own package",
    apply: async (workspace) => {
      await workspace.write("patches/ms@2.1.2.patch", MS_PATCH);
      await editJson<PackageJson>(workspace, "package.json", (json) => {
        json.patchedDependencies = { "ms@2.1.2": "patches/ms@2.1.2.patch" };
      });
      await workspace.run(["bun", "install"]);
    },
    images: ["alerts"],
    tasks: onEveryNx(SERVICES),
    why: "bun.lock does not say which version a patch makes, so Nx counts every patch for every image",
  },
  {
    title: "scripts of the root package.json",
    apply: (workspace) =>
      editJson<PackageJson>(workspace, "package.json", (json) => {
        json.scripts = { format: "biome format" };
      }),
    images: [],
  },
  {
    title: "version and description of the root package.json",
    apply: (workspace) => editJson<PackageJson>(workspace, "package.json", (json) => Object.assign(json, { version: "1.0.0", description: "Acme" })),
    images: [],
  },
  {
    title: "bun.lock alone, an own package",
    apply: relock("kind-of@6.0.3", "kind-of@6.0.2"),
    images: ["parcels"],
    ...upTo22,
  },
  {
    title: "bun.lock alone, what an own package needs",
    apply: relock("repeat-string@1.6.1", "repeat-string@1.5.4"),
    images: ["parcels"],
    ...upTo22,
  },
  {
    title: "bun.lock alone, another package",
    apply: relock("isobject@3.0.1", "isobject@3.0.0"),
    images: [],
    ...upTo22,
  },
  {
    title: "bunfig.toml: how Bun lays out what it installs",
    apply: (workspace) => replace(workspace, "bunfig.toml", "[install]\n", '[install]\nlinker = "hoisted"\n'),
    images: SERVICES,
  },
  {
    title: "bunfig.toml: how Bun runs tests",
    apply: (workspace) => append(workspace, "bunfig.toml", "\n[test]\ncoverage = true\n"),
    images: [],
    tasks: onEveryNx(SERVICES),
    why: "Nx asks whether a file has changed, and not what in it",
  },
]);
