/** As `libs/contracts/src/text.ts` has it; the platform refuses what is easily guessed, too, and says so. */
export const PASSWORD_CHARACTERS_MIN = 12;

export const NEW_PASSWORD = {
  autoComplete: 'new-password',
  minLength: PASSWORD_CHARACTERS_MIN,
  hint: `${PASSWORD_CHARACTERS_MIN} characters or more; any may be used.`,
} as const;
