import { runProcess } from "../process.js";

/** An image as it is in the engine. */
export interface BuiltImage {
  readonly id: string;
  /** Everything that a container of it is made from. The label that says what it was built from is not part of it. */
  readonly contents: string;
}

/** The part of `docker image inspect` that is read. */
interface Inspected {
  readonly Id: string;
  readonly RootFS: { readonly Layers: readonly string[] };
  readonly Config: { readonly Labels?: Readonly<Record<string, string>> | null };
}

/** Label that every image has which the plugin builds. */
const KEY_LABEL = "dev.ooneex.nx.key";

/** Reads `<name>:latest` of each name; every one has to be there. */
export async function readImages(names: readonly string[]): Promise<Map<string, BuiltImage>> {
  const argv = ["docker", "image", "inspect", ...names.map((name) => `${name}:latest`)];
  const { stdout } = await runProcess(argv, { cwd: import.meta.dirname, env: process.env });
  return new Map((JSON.parse(stdout) as Inspected[]).map((image, index) => [names[index] ?? "", toBuiltImage(image)]));
}

function toBuiltImage({ Id, RootFS, Config: { Labels, ...config } }: Inspected): BuiltImage {
  const labels = Object.entries(Labels ?? {}).filter(([name]) => name !== KEY_LABEL);
  return { id: Id, contents: JSON.stringify([RootFS.Layers, config, labels.sort()]) };
}

/** Lists the names whose image differs in one respect, sorted. */
export function listChanged(
  before: ReadonlyMap<string, BuiltImage>,
  after: ReadonlyMap<string, BuiltImage>,
  respect: keyof BuiltImage,
): string[] {
  return [...after].filter(([name, image]) => image[respect] !== before.get(name)?.[respect]).map(([name]) => name).sort();
}
