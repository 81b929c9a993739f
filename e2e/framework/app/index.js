export { App } from "./app.js";
export { decorator } from "./decorator.js";
