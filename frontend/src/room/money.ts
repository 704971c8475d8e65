// Amounts as people type them and as the server keeps them: whole pence.

/** Reads pounds as typed: "1,204.50", "£1204.5". Not an amount is null. */
export function readPounds(typed: string): number | null {
  const plain = typed.replace(/[£,\s]/g, '');
  if (!/^\d{1,9}(\.\d{1,2})?$/.test(plain)) return plain === '' ? 0 : null;
  const [pounds, pence = ''] = plain.split('.');
  return Number(pounds) * 100 + Number(pence.padEnd(2, '0'));
}

/** "£1,204.50", and "£300" where there are no pence. */
export function pounds(pence: number): string {
  const negative = pence < 0 ? '−' : '';
  const whole = Math.floor(Math.abs(pence) / 100).toLocaleString('en-GB');
  const rest = Math.abs(pence) % 100;
  return `${negative}£${whole}${rest === 0 ? '' : `.${String(rest).padStart(2, '0')}`}`;
}

/** The same without the sign, for a field that shows it beside: "1204.50". */
export function asTyped(pence: number): string {
  return pence % 100 === 0 ? String(pence / 100) : (pence / 100).toFixed(2);
}
