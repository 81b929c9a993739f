/** What an image runs on, as engines and registries write it. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string | undefined;
}

/** Names that people and kernels use beside the ones that images have. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  x86_64: "amd64",
  "x86-64": "amd64",
  aarch64: "arm64",
  i386: "386",
  i686: "386",
  armhf: "arm",
};

/** Variants that go without saying. */
const DEFAULT_VARIANTS: Readonly<Record<string, string>> = { arm64: "v8", arm: "v7", amd64: "v1" };

/**
 * Writes a platform in the one way that two equal ones share: `linux/arm64/v8` is `linux/arm64`, `linux/arm` is
 * `linux/arm/v7`.
 *
 * @see https://github.com/containerd/platforms#platform-specifier-normalization
 */
export function formatPlatform({ os, architecture, variant }: Platform): string {
  const name = ARCHITECTURES[architecture.toLowerCase()] ?? architecture.toLowerCase();
  const given = variant === undefined || variant === "" ? DEFAULT_VARIANTS[name] : variant.toLowerCase();
  // Of ARM every variant is named; of the others only one that is not the usual.
  const named = name === "arm" || given !== DEFAULT_VARIANTS[name] ? given : undefined;
  return [os.toLowerCase(), name, ...(named === undefined ? [] : [named])].join("/");
}

/** Reads a platform as it is given to a build, such as `linux/arm/v7` or `arm64`. */
export function normalizePlatform(text: string): string {
  const [first = "", second, variant] = text.trim().split("/");
  return second === undefined ? formatPlatform({ os: "linux", architecture: first }) : formatPlatform({ os: first, architecture: second, variant });
}
