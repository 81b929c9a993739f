export { type as Assert } from "arktype";
