// Opens COUNT connections to a service and keeps them: KIND idle has asked once, slow sends a header or a body a letter at a
// time. Meanwhile asks for the service's health PROBES times over connections of their own, and prints each status, 0 for no answer.
import { connect } from "node:net";

const { URL_OF_SERVICE, COUNT, KIND, PROBES, GAP = "500" } = process.env;
const { hostname, port } = new URL(URL_OF_SERVICE);
const HEALTH = "/api/v1/healthcheck";
const BEGINNINGS = {
  idle: [`GET ${HEALTH} HTTP/1.1\r\nhost: x\r\n\r\n`],
  slow: [`GET ${HEALTH} HTTP/1.1\r\nhost: x\r\nx-slow: `, "POST /api/v1/sink HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n"],
}[KIND];
let connected = 0;
const crowd = Array.from({ length: Number(COUNT) }, (_, index) => {
  const socket = connect(Number(port), hostname);
  socket.on("error", () => undefined).once("connect", () => {
    connected++;
    socket.write(BEGINNINGS[index % BEGINNINGS.length]);
  });
  return socket;
});
if (KIND === "slow") setInterval(() => crowd.forEach((socket) => socket.writable && socket.write("x")), 500);
while (connected < crowd.length) await Bun.sleep(10);
const statuses = [];
for (let probe = 0; probe < Number(PROBES); probe++) {
  await Bun.sleep(Number(GAP));
  const answer = await fetch(URL_OF_SERVICE + HEALTH, { keepalive: false, signal: AbortSignal.timeout(2500) }).catch(() => ({ status: 0 }));
  statuses.push(answer.status);
}
console.log(JSON.stringify(statuses));
process.exit(0);
