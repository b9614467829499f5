import type { SendMailInput } from '../../contracts/person-run.js';

export type MailKind = SendMailInput['kind'];

/** The texts of one kind of mail, in Liquid. What they may use is `MailVariables`; anything else is an error. */
export interface MailTexts {
  subject: string;
  /** Says what the mail is about. */
  intro: string;
  /** The words on the link. */
  action: string;
  /** For whoever did not expect the mail. */
  unexpected: string;
}

const AT = '{% if organisation != "" %} at {{ organisation }}{% endif %}';

export const MAIL_TEXTS: Record<MailKind, MailTexts> = {
  'send-activation-mail': {
    subject: `Activate your account${AT}`,
    intro: `Your account${AT} is ready. Choose a password, and it works for everything listed below.`,
    action: 'Choose your password',
    unexpected: 'If you did not expect this mail, leave the link alone and tell your help desk.',
  },
  'send-reset-mail': {
    subject: `Choose a new password${AT}`,
    intro: `Somebody asked for a new password for your account${AT}. Choose one here, and it replaces the old one in everything listed below.`,
    action: 'Choose a new password',
    unexpected: 'If it was not you, there is nothing to do: your password stays as it is.',
  },
};

/** Around every text; `texts` are rendered before. */
export const TEXT_LAYOUT = `Hello{% if name != "" %} {{ name }}{% endif %},

{{ texts.intro }}

{{ texts.action }}:
{{ link }}

The link works once, until {{ expires }}.
{% if accounts.size > 0 %}
Your accounts:
{% for account in accounts %}  {{ account.directory }}: {{ account.name }}
{% endfor %}{% endif %}
{{ texts.unexpected }}
Nobody will ever ask you for your password by mail.
`;

/** Tables and inline styles, as mail programs want them; no image, nothing loaded from anywhere. */
export const HTML_LAYOUT = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>{{ texts.subject }}</title>
</head>
<body style="margin:0;padding:24px 12px;background:#f4f5f7;color:#1f2933;font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:520px;background:#ffffff;border-radius:8px">
<tr><td style="padding:32px">
<p style="margin:0 0 16px">Hello{% if name != "" %} {{ name }}{% endif %},</p>
<p style="margin:0 0 24px">{{ texts.intro }}</p>
<p style="margin:0 0 24px"><a href="{{ link }}" style="display:inline-block;padding:12px 20px;background:#1d4f91;color:#ffffff;text-decoration:none;border-radius:6px;font-weight:600">{{ texts.action }}</a></p>
<p style="margin:0 0 24px;color:#52606d">The link works once, until {{ expires }}.</p>
{%- if accounts.size > 0 %}
<table role="presentation" cellpadding="0" cellspacing="0" style="margin:0 0 24px">
{%- for account in accounts %}
<tr><td style="padding:2px 16px 2px 0;color:#52606d">{{ account.directory }}</td><td style="padding:2px 0">{{ account.name }}</td></tr>
{%- endfor %}
</table>
{%- endif %}
<p style="margin:0 0 8px;font-size:14px;color:#52606d">{{ texts.unexpected }}</p>
<p style="margin:0 0 8px;font-size:14px;color:#52606d">Nobody will ever ask you for your password by mail.</p>
<p style="margin:0;font-size:14px;color:#52606d">If the button does nothing, open this address:<br><a href="{{ link }}" style="color:#1d4f91;word-break:break-all">{{ link }}</a></p>
</td></tr></table>
</td></tr></table>
</body>
</html>
`;
