export interface ILogger {
  info(message: string): void;
  error(message: string): void;
}

export type LoggerClassType = new () => ILogger;

export class TerminalLogger implements ILogger {
  info(message: string): void;
  error(message: string): void;
}
