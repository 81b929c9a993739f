// Asks a service over and over from a container of its own: LANES requests at a time, until COUNT are answered, or for as long as
// nobody stops it. Prints what came back. With BODIES=all every request has a body, and is answered at once.
const { URL_OF_SERVICE, LANES = "4", COUNT = "Infinity", TIMEOUT = "5000", BODIES } = process.env;
const answers = {};
const failures = {};
let left = Number(COUNT);
process.on("SIGTERM", () => (left = 0));

async function ask(index) {
  // Every other one has a body, which no client sends twice by itself.
  const body = index % 2 === 0 && BODIES !== "all" ? undefined : "x".repeat(1000);
  const path = body === undefined ? "/api/v1/work" : "/api/v1/sink";
  const answer = await fetch(URL_OF_SERVICE + path, { method: body === undefined ? "GET" : "POST", body, signal: AbortSignal.timeout(Number(TIMEOUT)) });
  const { data } = await answer.json();
  return answer.status === 200 ? data.host : `status ${answer.status}`;
}

await Promise.all(
  Array.from({ length: Number(LANES) }, async () => {
    while (left-- > 0) {
      try {
        const host = await ask(left === Infinity ? Math.round(Math.random()) : left);
        answers[host] = (answers[host] ?? 0) + 1;
      } catch (error) {
        const kind = typeof error.code === "string" ? error.code : error.name;
        failures[kind] = (failures[kind] ?? 0) + 1;
        await Bun.sleep(50);
      }
    }
  }),
);
console.log(JSON.stringify({ answers, failures }));
process.exit(0);
