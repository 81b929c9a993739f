/** Reads each key once, for as long as the function is kept. */
export function remember<T>(read: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    const value = known.get(key);
    if (value !== undefined || known.has(key)) return value as T;
    const found = read(key);
    known.set(key, found);
    return found;
  };
}
