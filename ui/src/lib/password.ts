/** The fewest characters the server accepts. */
export const PASSWORD_MIN = 8
