// Loads all that the package's manifests name, as Nx does: by `require`, on the Node that runs this.
// Prints the version of that Node and how many entries of each manifest have a function.
const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { dirname, join } = require("node:path");

const load = createRequire(join(__dirname, "package.json"));
const manifestFile = load.resolve("@ooneex/nx/package.json");
const root = dirname(manifestFile);
const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));
const manifest = readJson(manifestFile);

const count = (file, key, fields) =>
  Object.entries(readJson(join(root, file))[key]).map(([name, entry]) => {
    if (entry.schema !== undefined) readJson(join(root, entry.schema));
    const paths = fields.map((field) => entry[field]).filter((path) => path !== undefined);
    for (const path of paths) {
      const [module, named = "default"] = path.split("#");
      if (typeof load(join(root, module))[named] !== "function") throw new Error(`${name}: ${path} exports no function ${named}`);
    }
    if (paths.length === 0) throw new Error(`${name} has no implementation`);
    return name;
  }).length;

const plugin = load("@ooneex/nx");
if (!Array.isArray(plugin.createNodes) || typeof plugin.createDependencies !== "function") throw new Error("not a plugin");

(async () => {
  const imported = await import(load.resolve("@ooneex/nx"));
  if (imported.createNodes !== plugin.createNodes) throw new Error("import and require give two modules");
  const counts = {
    node: process.version,
    generators: count(manifest.generators, "generators", ["factory", "implementation"]),
    executors: count(manifest.executors, "executors", ["implementation", "batchImplementation"]),
    migrations: count(manifest["nx-migrations"].migrations, "generators", ["implementation", "factory"]),
  };
  console.log(JSON.stringify(counts));
})();
