import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProcess } from "../process.js";

/** Pulled where a registry answers, else installed into a root file system, which takes half a minute. In milliseconds. */
const PATIENCE = 300_000;

/** Runs a script with Bun where a service runs, with the variables that it has. */
type Inside = (script: string) => Promise<string>;

/** What a service finds in its datastores. */
export interface Stores {
  readonly database: string;
  readonly user: string;
  readonly tables: readonly string[];
  readonly rows: readonly string[];
  readonly keys: readonly string[];
}

const ENTER = "const sql = new Bun.SQL(process.env.DATABASE_URL); const redis = new Bun.RedisClient(process.env.CACHE_REDIS_URL);";

/** Makes the datastores' images of a generated compose file be there. */
export async function makeDatastoreImages(): Promise<void> {
  const script = join(import.meta.dirname, "..", "..", "tools", "engine", "datastore-images.sh");
  await runProcess([script], { cwd: tmpdir(), env: process.env, timeout: PATIENCE });
}

/** Writes a table of one row, and a key. */
export async function writeStores(inside: Inside, name: string): Promise<void> {
  const [table, row] = [`of_${name}`, JSON.stringify(name)];
  await inside(`${ENTER} await sql\`create table ${table} as select \${${row}}::text as name\`; await redis.set("${table}", ${row}); process.exit(0);`);
}

/** Reads every table, their rows, and every key. */
export async function readStores(inside: Inside): Promise<Stores> {
  const script = [
    ENTER,
    "const [{ database, name: user }] = await sql`select current_database() as database, current_user as name`;",
    "const tables = (await sql`select tablename from pg_tables where schemaname = 'public'`).map(({ tablename }) => tablename);",
    "const rows = (await Promise.all(tables.map((table) => sql`select name from ${sql(table)}`))).flat().map(({ name }) => name);",
    "const keys = await redis.keys('*');",
    "console.log(JSON.stringify({ database, user, tables, rows, keys })); process.exit(0);",
  ].join(" ");
  return JSON.parse(await inside(script)) as Stores;
}
