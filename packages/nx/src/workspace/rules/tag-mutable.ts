import type { Report, Rule } from "./rule.js";

/** What is deployed is then decided by whoever pushes next, and there is nothing to go back to. */
export const tagMutable: Rule = {
  id: "tag-mutable",
  finds: "a service that is deployed by the tag `latest`, or by none",
  severity: "warning",
  mendedBy: "hand",
  check: ({ workspace, deployables }) =>
    workspace
      .readDeployedImages(workspace)
      // With a variable in it, an image is said elsewhere.
      .filter(({ name, image }) => !image.includes("$") && deployables.some(({ names }) => names.kebab === name) && isMutable(image))
      .map(({ name, image, path, line }): Report => {
        const remedy = "write the tag sha-… or the digest that docker-push has printed; what it pushes is in .nx/images";
        return { what: `${image} is whichever image of ${name} was pushed last`, path, line, remedy };
      }),
};

/** A colon before the last slash is a port's. */
function isMutable(image: string): boolean {
  if (image.includes("@")) return false;
  const tag = /:([^/:]+)$/.exec(image)?.[1];
  return tag === undefined || tag === "latest";
}
