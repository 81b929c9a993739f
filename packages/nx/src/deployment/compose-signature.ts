const WRITTEN_BY = /^#.*\bwritten by: nx g @ooneex\/nx:compose\s*$/m;

/** Whether a compose file says of itself that the generator wrote it. Any other is somebody's own, and only they have it changed. */
export function isGeneratedCompose(text: string): boolean {
  return WRITTEN_BY.test(text);
}
