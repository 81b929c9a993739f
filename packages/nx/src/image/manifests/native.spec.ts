import { describe, expect, it } from "vitest";
import { lockRepository, npm, want } from "../../testing/locked-repository.js";
import { readManifests } from "./manifests.js";
import { listNativePackages } from "./native.js";

const PACKAGES = {
  // A binary per platform.
  sharp: npm("sharp@0.33.0", {
    dependencies: { color: "^4.0.0" },
    optionalDependencies: { "@img/sharp-linux-x64": "0.33.0", "@img/sharp-darwin-x64": "0.33.0" },
  }),
  "@img/sharp-linux-x64": npm("@img/sharp-linux-x64@0.33.0", { os: "linux", cpu: "x64" }),
  "@img/sharp-darwin-x64": npm("@img/sharp-darwin-x64@0.33.0", { os: "darwin", cpu: "x64" }),
  color: npm("color@4.0.0"),
  // Built or fetched by a helper.
  bcrypt: npm("bcrypt@5.1.0", { dependencies: { "@mapbox/node-pre-gyp": "^1.0.0", "node-addon-api": "^5.0.0" } }),
  "@mapbox/node-pre-gyp": npm("@mapbox/node-pre-gyp@1.0.0"),
  "node-addon-api": npm("node-addon-api@5.0.0"),
  prebuild: npm("better-sqlite3@9.0.0", { dependencies: { "prebuild-install": "^7.0.0" } }),
  "prebuild-install": npm("prebuild-install@7.0.0", { dependencies: { "napi-build-utils": "^1.0.0" } }),
  "napi-build-utils": npm("napi-build-utils@1.0.0"),
  // For macOS alone.
  chokidar: npm("chokidar@3.6.0", { optionalDependencies: { fsevents: "2.3.3" } }),
  fsevents: npm("fsevents@2.3.3", { os: "darwin", dependencies: { nan: "^2.0.0" } }),
  nan: npm("nan@2.0.0"),
  // For everything but Windows.
  posix: npm("posix@4.0.0", { optionalDependencies: { "posix-binary": "4.0.0" } }),
  "posix-binary": npm("posix-binary@4.0.0", { os: "!win32" }),
  wasm: npm("wasm@1.0.0", { optionalDependencies: { "wasm-none": "1.0.0" } }),
  "wasm-none": npm("wasm-none@1.0.0", { os: "none" }),
  // Binaries in the archive itself.
  koffi: npm("koffi@2.16.2"),
  sockets: ["uWebSockets.js@github:uNetworking/uWebSockets.js#6609a88", {}, "uNetworking-uWebSockets.js-6609a88"],
  // Pure packages that reach native ones.
  store: npm("store@1.0.0", { dependencies: { bcrypt: "5.1.0", color: "^4.0.0" } }),
  engine: npm("engine@1.0.0", { dependencies: { color: "^4.0.0" } }),
};

function native(imports: readonly string[], root: object = {}): string[] {
  const dependencies = Object.fromEntries(Object.keys(PACKAGES).map((name) => [name, "*"]));
  const texts = lockRepository({ manifests: { "": { name: "acme", dependencies, ...root } }, packages: PACKAGES });
  return listNativePackages(readManifests(texts), want(...imports));
}

describe("listNativePackages", () => {
  it.each([
    ["a binary per platform", ["sharp"], ["sharp"]],
    ["a helper that fetches or builds", ["bcrypt"], ["bcrypt"]],
    ["an alias, by the name that is imported", ["prebuild"], ["prebuild"]],
    ["what a bundled package depends on", ["store", "color"], ["bcrypt"]],
    ["a package for some systems, Linux among them", ["posix"], ["posix"]],
    ["a platform package that is imported itself", ["@img/sharp-linux-x64"], ["@img/sharp-linux-x64"]],
    ["a package without a sign, by its own name", ["koffi", "sockets"], ["koffi", "sockets"]],
    ["several, once each and in order", ["store", "sharp", "bcrypt"], ["bcrypt", "sharp"]],
  ])("finds %s", (_, imports, found) => {
    expect(native(imports)).toEqual(found);
  });

  it("finds what is trusted to run a script", () => {
    expect(native(["engine"])).toEqual([]);
    expect(native(["engine"], { trustedDependencies: ["engine", "sharp"] })).toEqual(["engine"]);
  });

  it.each(["chokidar", "fsevents", "wasm", "color", "@mapbox/node-pre-gyp"])("does not take %s for native in an image", (name) => {
    expect(native([name])).toEqual([]);
  });
});
