/** `format(1999, "EUR")` is `19.99 EUR`. */
export function format(cents: number, currency: string): string {
  return `${(cents / 100).toFixed(2)} ${currency}`;
}
