import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * A script of an engine, see `installScriptedEngine`, that keeps images as one does: what is built has the names and the
 * labels that its command or definition gives, and takes the names from whatever had them. To be followed by what happens
 * at the end of a build, which may be `done()`; every other command ends by itself.
 */
export const SCRIPTED_STORE = `
const file = __dirname + "/store.json";
const images = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, "utf8")) : [];
const save = () => fs.writeFileSync(file, JSON.stringify(images));
const name = (image, tags) => {
  for (const other of images) other.RepoTags = other.RepoTags.filter((tag) => !tags.includes(tag));
  image.RepoTags.push(...tags.filter((tag) => !image.RepoTags.includes(tag)));
  save();
};
const add = (tags, Labels) => {
  const Id = "sha256:" + (images.length + 1).toString(16).repeat(64);
  images.push({ Id, RepoTags: [], Os: "linux", Architecture: "amd64", RootFS: { Layers: [Id] }, Config: { Labels, OnBuild: ['LABEL dev.ooneex.nx.key=""'] } });
  name(images.at(-1), tags);
};
const valuesOf = (flag) => args.flatMap((arg, index) => (arg === flag ? [args[index + 1]] : []));
if (args[0] === "image") {
  const filter = valuesOf("--filter")[0]?.replace("label=", "").split("=") ?? [];
  const listed = images.filter(({ Config }) => (filter[1] === undefined ? filter[0] in Config.Labels : Config.Labels[filter[0]] === filter[1]));
  if (args[1] === "ls") console.log(listed.map(({ Id }) => Id).join("\\n"));
  else console.log(JSON.stringify(images.filter(({ Id, RepoTags }) => args.slice(2).some((subject) => subject === Id || RepoTags.includes(subject)))));
  process.exit(0);
}
if (args[0] === "tag") {
  name(images.find(({ Id }) => Id === args[1]), [args[2]]);
  process.exit(0);
}
if (args[1] !== "build" && args[1] !== "bake" && args[0] !== "build") process.exit(0);
for (const target of Object.values(input.target ?? {})) add(target.tags, target.labels);
if (args.includes("build")) add(valuesOf("--tag"), Object.fromEntries(valuesOf("--label").map((label) => label.split("="))));
`;

/** An image that such an engine keeps. */
export interface ScriptedImage {
  readonly RepoTags: readonly string[];
  readonly Config: { readonly Labels: Readonly<Record<string, string>> };
}

/** @param root - of the workspace with the engine */
export function readScriptedStore(root: string): ScriptedImage[] {
  return JSON.parse(readFileSync(join(root, "bin/store.json"), "utf8")) as ScriptedImage[];
}
