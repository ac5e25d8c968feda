import type { Letter } from './mailer';

/** Where the links of letters lead. */
export interface Links {
  /** How customers reach the dashboard, without a slash at its end. */
  readonly dashboardUrl: string;
}

const SIGNATURE = '\n\nUS Video API\n';
const NOT_YOU = 'If this was not you, ignore this letter: without the link nothing happens.';

export function verifyEmailLetter(to: string, accountName: string, token: string, { dashboardUrl }: Links): Letter {
  return {
    to,
    subject: 'Confirm your address',
    text: `Somebody registered the account "${accountName}" with this address. To confirm that it is yours, open\n\n${dashboardUrl}/verify?token=${token}\n\nwithin seven days. ${NOT_YOU}${SIGNATURE}`,
  };
}

export function resetPasswordLetter(to: string, token: string, { dashboardUrl }: Links): Letter {
  return {
    to,
    subject: 'Choose a new password',
    text: `To choose a new password, open\n\n${dashboardUrl}/reset?token=${token}\n\nwithin an hour. ${NOT_YOU}${SIGNATURE}`,
  };
}

export function invitationLetter(
  to: string,
  accountName: string,
  role: string,
  token: string,
  { dashboardUrl }: Links,
): Letter {
  return {
    to,
    subject: `You are invited to ${accountName}`,
    text: `You are invited to the account "${accountName}" as ${role}. To accept, open\n\n${dashboardUrl}/accept-invitation?token=${token}\n\nwithin seven days.${SIGNATURE}`,
  };
}

export function passwordChangedLetter(to: string, { dashboardUrl }: Links): Letter {
  return {
    to,
    subject: 'Your password was changed',
    text: `Your password was changed, and all other sessions were ended. If this was not you, choose a new one at once:\n\n${dashboardUrl}/forgot${SIGNATURE}`,
  };
}

export function topUpDeclinedLetter(
  to: string,
  accountName: string,
  { amount, paymentMethod }: { readonly amount: string; readonly paymentMethod: string },
  { dashboardUrl }: Links,
): Letter {
  const card = paymentMethod === '' ? 'saved card' : `card ${paymentMethod}`;
  return {
    to,
    subject: `The automatic top-up of ${accountName} was declined`,
    text: `The balance of the account "${accountName}" fell below its threshold, and its ${card} was declined when ${amount} were to be added. Nothing was charged, and it is not tried again before you have done something about it: save another card, or turn automatic top-up on again.\n\n${dashboardUrl}/billing\n\nVideos are made as long as the balance lasts.${SIGNATURE}`,
  };
}
