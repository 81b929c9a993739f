import { OoneexNxError } from "../errors.js";
import { type Builder, type BuildPlan, type Command, dockerfileOf, engineOf, isLoaded, SOURCE_DATE_EPOCH } from "./build-plan.js";
import { buildxEnvironment } from "./buildx-environment.js";

/** Fields of a plan that only buildx understands, and how to tell that one is used. */
const ONLY_BUILDX = {
  platforms: (plan) => plan.platforms.length > 1,
  cacheTo: (plan) => plan.cacheTo.length > 0,
  push: (plan) => plan.push,
  load: (plan) => plan.load === false,
  builder: (plan) => plan.builder !== undefined,
  provenance: (plan) => plan.provenance !== undefined,
  sbom: (plan) => plan.sbom !== undefined,
  metadataFile: (plan) => plan.metadataFile !== undefined,
} satisfies Partial<Record<keyof BuildPlan, (plan: BuildPlan) => boolean>>;

/** Those of them that Podman has another way for. */
const PODMAN_HAS: readonly string[] = ["cacheTo", "push"];

/**
 * The flag of HEALTHCHECK at which Podman before 5.1 (containers/podman#21701) and Docker Engine before 25 refuse a
 * Dockerfile. Their builders read one without it from their standard input.
 */
const START_INTERVAL = " *--start-interval=[0-9a-z.]*";

/**
 * Builds the commands that carry a plan out, in order. The build context is `.`, so they run in the workspace root.
 *
 * @throws OoneexNxError `OPTION_UNSUPPORTED` where the builder has no way to do what the plan asks for
 */
export function buildCommands(plan: BuildPlan, builder: Builder): Command[] {
  refuseUnsupported(plan, builder);
  switch (builder) {
    case "buildx":
      return [command(["docker", "buildx", "build", ...buildArguments(plan), ...buildxArguments(plan), "."], buildxEnvironment(plan.provenance))];
    case "docker-buildkit":
      return [withoutStartInterval(plan, buildWithBuildKit)];
    case "podman":
      return [buildWithPodman(plan), ...pushWithPodman(plan)];
    case "podman-4":
      return [withoutStartInterval(plan, buildWithPodman), ...pushWithPodman(plan)];
  }
}

/** Writes a command as a line that can be pasted into a POSIX shell. */
export function formatCommand({ argv, env, input }: Command): string {
  const pipe = input === undefined ? [] : ["sed", quote(`s/${input.without}//g`), quote(input.file), "|"];
  const variables = Object.entries(env).map(([name, value]) => `${name}=${quote(value)}`);
  return [...pipe, ...variables, ...argv.map(quote)].join(" ");
}

function withoutStartInterval(plan: BuildPlan, build: (plan: BuildPlan) => Command): Command {
  return { ...build({ ...plan, stagedFile: "-" }), input: { file: dockerfileOf(plan), without: START_INTERVAL } };
}

function buildWithBuildKit(plan: BuildPlan): Command {
  const args = [...buildArguments(plan), ...optional("--progress", plan.progress)];
  return command(["docker", "build", ...args, "."], { DOCKER_BUILDKIT: "1" });
}

function buildWithPodman(plan: BuildPlan): Command {
  // HEALTHCHECK is not part of the OCI format, and Podman drops it from an image in that format. Its progress has one look.
  const { [SOURCE_DATE_EPOCH]: timestamp, ...buildArgs } = plan.buildArgs;
  const args = [
    ...buildArguments({ ...plan, buildArgs }),
    ...optional("--timestamp", timestamp),
    ...repeat("--cache-to", plan.cacheTo),
    // A step reads named contexts by bind mounts. SELinux lets it read no folder of this machine that it does not relabel, for
    // which a Dockerfile that BuildKit takes, too, has no word.
    ...(Object.keys(plan.buildContexts).length > 0 ? ["--security-opt", "label=disable"] : []),
  ];
  return command(["podman", "build", "--format", "docker", ...args, "."]);
}

function pushWithPodman({ push, tags }: BuildPlan): Command[] {
  return push ? tags.map((tag) => command(["podman", "push", tag])) : [];
}

/** Flags that every builder shares. */
function buildArguments(plan: BuildPlan): string[] {
  return [
    "--file",
    dockerfileOf(plan),
    "--target",
    plan.target,
    ...repeat("--tag", plan.tags),
    ...(plan.platforms.length > 0 ? ["--platform", plan.platforms.join(",")] : []),
    ...repeat("--build-arg", assignments(plan.buildArgs)),
    ...repeat("--build-context", assignments(plan.buildContexts)),
    ...repeat("--label", assignments(plan.labels)),
    ...repeat("--secret", plan.secrets),
    ...repeat("--cache-from", plan.cacheFrom),
    ...optional("--network", plan.network),
    ...(plan.noCache ? ["--no-cache"] : []),
    ...(plan.pull ? ["--pull"] : []),
    ...(plan.quiet ? ["--quiet"] : []),
  ];
}

function buildxArguments(plan: BuildPlan): string[] {
  return [
    ...optional("--progress", plan.progress),
    ...repeat("--cache-to", plan.cacheTo),
    ...optional("--builder", plan.builder),
    ...optional("--provenance", plan.provenance),
    ...optional("--sbom", plan.sbom),
    ...optional("--metadata-file", plan.metadataFile),
    ...(plan.push ? ["--push"] : []),
    ...(isLoaded(plan) ? ["--load"] : []),
  ];
}

function refuseUnsupported(plan: BuildPlan, builder: Builder): void {
  if (builder === "buildx") return;
  const unsupported = Object.entries(ONLY_BUILDX)
    .filter(([option, isUsed]) => isUsed(plan) && !(engineOf(builder) === "podman" && PODMAN_HAS.includes(option)))
    .map(([option]) => option);
  if (unsupported.length === 0) return;
  throw new OoneexNxError({
    code: "OPTION_UNSUPPORTED",
    what: `${unsupported.join(", ")} ${unsupported.length === 1 ? "needs" : "need"} docker buildx`,
    where: engineOf(builder) === "podman" ? "engine podman" : "this docker has no buildx",
    remedy: "install the docker-buildx plugin and build with engine docker, or leave the option out",
  });
}

function command(argv: Command["argv"], env: Command["env"] = {}): Command {
  return { argv, env };
}

function repeat(flag: string, values: readonly string[]): string[] {
  return values.flatMap((value) => [flag, value]);
}

function optional(flag: string, value: string | undefined): string[] {
  return value === undefined ? [] : [flag, value];
}

function assignments(record: Readonly<Record<string, string>>): string[] {
  return Object.entries(record).map(([name, value]) => `${name}=${value}`);
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
