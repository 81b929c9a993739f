/** Reads a project's Nx tags from its package.json; none where it is no JSON. */
export function readTags(packageJson: string): string[] {
  try {
    const { nx } = JSON.parse(packageJson) as { nx?: { tags?: unknown } };
    return Array.isArray(nx?.tags) ? nx.tags.map(String) : [];
  } catch {
    return [];
  }
}
