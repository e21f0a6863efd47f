/** Kinds of business; each has a text kind.<name>. */
export const KINDS = ['clinic', 'dental', 'salon', 'spa', 'gym', 'law', 'agency', 'shop', 'school', 'repair', 'other'] as const
