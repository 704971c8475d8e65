// Amounts as people type them and as the server keeps them: whole pence.

/**
 * Reads pounds as typed: "1,204.50", "£1204.5"; nothing is nothing. Not an amount is null: commas may
 * only stand between thousands, so that "1,50" is never a hundred and fifty pounds.
 */
export function readPounds(typed: string): number | null {
  const plain = typed.replace(/[£\s]/g, '');
  if (plain === '') return 0;
  if (!/^(\d{1,8}|\d{1,3}(,\d{3})+)(\.\d{1,2})?$/.test(plain)) return null;
  const [pounds, pence = ''] = plain.replace(/,/g, '').split('.');
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
