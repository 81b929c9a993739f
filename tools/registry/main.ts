/**
 * A local registry to try things by hand, until Ctrl-C:
 *
 *     npx tsx tools/registry/main.ts [TARBALL…]
 */
import { startRegistry } from "./registry.js";

const registry = await startRegistry();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void registry.stop());
await registry.publish(process.argv.slice(2));
console.log(registry.url);
