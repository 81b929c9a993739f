import { join } from "node:path";

const REQUIRED = ["GUEST", "TRIAL_USER", "USER", "PREMIUM_USER", "ADMIN", "SUPER_ADMIN", "SYSTEM"];

/**
 * Reads `<cwd>/roles.yml`.
 *
 * @throws Error that says what is missing or wrong in it
 */
export async function readRoles() {
  const path = join(process.cwd(), "roles.yml");
  const file = Bun.file(path);
  if (!(await file.exists())) throw new Error(`${path} does not exist`);
  const { roles, hierarchy } = Bun.YAML.parse(await file.text()) ?? {};
  const refuse = (reason) => {
    throw new Error(`${path}: ${reason}`);
  };
  if (!isRecord(roles)) refuse("roles is not a map");
  if (!isRecord(hierarchy)) refuse("hierarchy is not a map");
  for (const key of REQUIRED) if (!roles[key]) refuse(`roles.${key} is missing`);
  for (const role of Object.values(roles)) if (!hierarchy[role]) refuse(`hierarchy.${role} is missing`);
  for (const [role, entry] of Object.entries(hierarchy)) {
    const { description, inherits = [] } = entry ?? {};
    if (typeof description !== "string" || description.trim() === "") refuse(`hierarchy.${role} has no description`);
    if (!Array.isArray(inherits)) refuse(`hierarchy.${role}.inherits is not a list`);
    for (const parent of inherits) if (!hierarchy[parent]) refuse(`hierarchy.${role} inherits ${parent}, which is missing`);
  }
  return roles;
}

function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
