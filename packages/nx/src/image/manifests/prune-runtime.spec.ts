import { describe, expect, it } from "vitest";
import { type LockedRepository, lockRepository, npm, want, wantPackage } from "../../testing/locked-repository.js";
import { readManifests } from "./manifests.js";
import { pruneRuntime } from "./prune-runtime.js";

const REPOSITORY: LockedRepository = {
  manifests: {
    "": {
      name: "acme",
      type: "module",
      workspaces: ["modules/*"],
      dependencies: { store: "^1.0.0", color: "^4.0.0", near: "file:./vendor/near.tgz", far: "github:acme/far", colors: "npm:color@^4.0.0" },
      devDependencies: { sharp: "^0.33.0", driver: "^2.0.0" },
      overrides: { color: "4.0.0", lodash: "4.0.0" },
      trustedDependencies: ["bcrypt", "store"],
      patchedDependencies: { "bcrypt@5.1.0": "patches/bcrypt.patch" },
    },
    "modules/billing": { name: "@module/billing", dependencies: { sharp: "0.32.0", local: "file:./local.tgz", "@module/orders": "workspace:*" } },
    "modules/orders": { name: "@module/orders" },
  },
  packages: {
    bcrypt: npm("bcrypt@5.1.0", { dependencies: { color: "*" } }),
    color: npm("color@4.0.0"),
    colors: npm("color@4.0.0"),
    driver: npm("driver@2.0.0"),
    far: ["far@github:acme/far#1234567", {}, "acme-far-1234567"],
    local: ["local@./local.tgz", {}],
    near: ["near@./vendor/near.tgz", {}],
    sharp: npm("sharp@0.33.0", { dependencies: { color: "^4.0.0" }, peerDependencies: { driver: "*" }, optionalPeers: ["driver"] }),
    store: npm("store@1.0.0", { dependencies: { bcrypt: "^5.0.0", sharp: "^0.32.0" } }),
    "store/sharp": npm("sharp@0.32.0", { dependencies: { color: "^3.0.0" } }),
    "store/sharp/color": npm("color@3.0.0"),
    "@module/billing/sharp": npm("sharp@0.32.0", { dependencies: { color: "^3.0.0" } }),
    "@module/billing/sharp/color": npm("color@3.0.0"),
  },
};

interface Root {
  readonly dependencies: Record<string, string>;
}

function prune(bundled: readonly string[], externals: readonly string[]) {
  const manifests = readManifests(lockRepository(REPOSITORY));
  const pruned = pruneRuntime(manifests, want(...bundled), externals.map(wantPackage));
  return { ...pruned, root: JSON.parse(pruned.files["package.json"] ?? "") as Root, lock: pruned.files["bun.lock"] ?? "" };
}

const fails = (code: string, message: string): unknown => expect.objectContaining({ code, message: expect.stringContaining(message) });

describe("pruneRuntime", () => {
  it("puts all under dependencies by exact version, whatever field and workspace they are from", () => {
    expect(prune(["sharp"], ["sharp"]).root.dependencies).toEqual({ driver: "2.0.0", sharp: "0.33.0" });
    const { root, packages, files } = prune(["modules/billing:sharp"], ["modules/billing:sharp"]);
    expect(root.dependencies).toEqual({ sharp: "0.32.0" });
    expect(packages).toEqual(["color@3.0.0", "sharp@0.32.0"]);
    expect(Object.keys(files)).toEqual(["package.json", "bun.lock"]);
  });

  it("holds nothing of what is bundled", () => {
    expect(prune(["store", "colors"], ["bcrypt"]).packages).toEqual(["bcrypt@5.1.0", "color@4.0.0"]);
  });

  it("finds a package that only another one depends on", () => {
    expect(prune(["store"], ["bcrypt"]).root.dependencies).toEqual({ bcrypt: "5.1.0" });
  });

  it("keeps what is set for the packages included", () => {
    const { root, lock, localFiles } = prune(["store"], ["bcrypt"]);
    const kept = {
      overrides: { color: "4.0.0" },
      trustedDependencies: ["bcrypt"],
      patchedDependencies: { "bcrypt@5.1.0": "patches/bcrypt.patch" },
    };
    expect(root).toMatchObject(kept);
    expect(JSON.parse(lock.replace(/,\n {2}\}\n\}\n$/, "}}"))).toMatchObject(kept);
    expect(localFiles).toEqual(["patches/bcrypt.patch"]);
  });

  it("keeps aliases, git and archives of the root", () => {
    const names = ["colors", "far", "near"];
    const { root, localFiles } = prune(names, names);
    expect(root.dependencies).toEqual({ colors: "npm:color@4.0.0", far: "github:acme/far#1234567", near: "file:./vendor/near.tgz" });
    expect(localFiles).toEqual(["vendor/near.tgz"]);
  });

  it("refuses two versions of what can be there only once", () => {
    expect(() => prune(["store", "sharp"], ["sharp"])).toThrowError(fails("EXTERNAL_AMBIGUOUS", "0.32.0 as store/sharp"));
    // Inside of a package that is external too, its own version is beside it.
    expect(prune(["store", "sharp"], ["store", "sharp"]).packages).toEqual(
      expect.arrayContaining(["sharp@0.32.0", "sharp@0.33.0", "store@1.0.0"]),
    );
  });

  it("refuses what is not there at run time", () => {
    expect(() => prune([], ["modules/billing:local"])).toThrowError(fails("DEPENDENCY_UNSUPPORTED", "another workspace"));
    expect(() => prune([], ["modules/billing:@module/orders"])).toThrowError(fails("DEPENDENCY_UNSUPPORTED", "workspace"));
    expect(() => prune([], ["gone"])).toThrowError(fails("PACKAGE_UNDECLARED", "gone"));
  });

  it("lists no package where there is none to list, and still a lockfile that can be frozen", () => {
    const { packages, root, lock } = prune(["color"], []);
    expect(packages).toEqual([]);
    expect(root).not.toHaveProperty("dependencies");
    expect(lock).toContain('"optionalPeers"');
  });
});
