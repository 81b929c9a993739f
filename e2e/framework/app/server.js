import { HttpResponse } from "@ooneex/controller";
import { Assert } from "@ooneex/validation";

/** Listens on HOST_NAME and PORT. */
export function serve({ routes, prefix, handlers, guest, cache }) {
  const table = {};
  for (const route of routes) {
    const path = `/${[prefix.replace(/^\/+|\/+$/g, ""), `v${route.version}`].filter(Boolean).join("/")}${route.path}`;
    table[path] = { ...table[path], [route.method]: (request) => answer(request, route, { handlers, guest, cache }) };
  }
  return Bun.serve({
    hostname: process.env.HOST_NAME,
    port: Number(process.env.PORT),
    routes: table,
    fetch: () => toHttp(new HttpResponse().json({}, 404), "Not Found"),
  });
}

async function answer(request, route, { handlers, guest, cache }) {
  const response = new HttpResponse();
  const { roles = [] } = route;
  if (roles.length > 0 && !roles.includes(guest)) {
    return toHttp(response.json({}, 403), `Route "${route.name}" requires authentication`);
  }
  try {
    let context = { request, response, params: request.params, cache };
    for (const handler of handlers) context = await handler.handler(context);
    const given = await new route.controller().index(context);
    const checked = route.response?.(given.data);
    return checked instanceof Assert.errors
      ? toHttp(given.json({}, 406), `Invalid response: ${checked.summary}`)
      : toHttp(given, null);
  } catch (error) {
    return toHttp(response.json({}, 500), error.message);
  }
}

function toHttp({ data, status, header }, message) {
  return Response.json({ data, message, success: status < 400, status }, { status, headers: header });
}
