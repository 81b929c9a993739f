import { it } from "vitest";
import { findStorageDriver, openPodmanStore, type PodmanStore } from "./podman-store.js";

const driver = await findStorageDriver().catch((error: Error) => error);

/**
 * A test that needs Podman, whichever engine else answers. Without it the test is skipped, with the reason in its title;
 * with `REQUIRE_ENGINE=1` it fails instead.
 */
export function podmanTest(name: string, run: (store: PodmanStore) => Promise<void>): void {
  if (driver instanceof Error && process.env["REQUIRE_ENGINE"] !== "1") {
    return it.skip(`${name}: ${driver.message.split("\n", 1)[0]}`, () => undefined);
  }
  return it(name, async () => {
    if (driver instanceof Error) throw driver;
    const store = await openPodmanStore(driver);
    try {
      await run(store);
    } finally {
      await store.remove();
    }
  });
}
