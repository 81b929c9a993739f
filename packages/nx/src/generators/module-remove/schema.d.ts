/** Options of the `module-remove` generator, as schema.json describes them. */
export interface ModuleRemoveOptions {
  name: string;
  force?: boolean;
}
