/** Kinds of business; each has a text kind.<name>. */
export const KINDS = ['clinic', 'dental', 'salon', 'spa', 'gym', 'law', 'agency', 'shop', 'school', 'repair', 'other'] as const

/** How many people a company may say it has. */
export const SIZES = ['1-10', '11-50', '51-200', '201-500', '501+'] as const
