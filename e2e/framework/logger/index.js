export class TerminalLogger {
  info(message) {
    console.log(message);
  }

  error(message) {
    console.error(message);
  }
}
