/** How a chosen password went in one directory, as the page says it. */
export interface PageStep {
  directory: string;
  said: string;
}

/** A page as somebody sees it. */
export interface SeenPage {
  status: number;
  url: string;
  title: string;
  /** What is wrong with the password that was sent. */
  problems: string[];
  steps: PageStep[];
}

/** Uses the activation page as a browser without JavaScript does: reads it, fills in its form, follows where it leads. */
export class ActivationPage {
  private fields: Record<string, string> = {};
  private action?: string;

  /** Opens the link of a mail. */
  open(link: string): Promise<SeenPage> {
    return this.see(fetch(link));
  }

  /** Writes a password into both fields and sends the form. */
  send(password: string): Promise<SeenPage> {
    if (!this.action) throw new Error('The page that is open has no form.');
    const body = new URLSearchParams({ ...this.fields, password, confirmation: password });
    return this.see(fetch(this.action, { method: 'POST', body }));
  }

  private async see(answering: Promise<Response>): Promise<SeenPage> {
    const answer = await answering;
    const html = await answer.text();
    const [, action] = /<form [^>]*action="([^"]*)"/.exec(html) ?? [];
    this.action = action === undefined ? undefined : new URL(textOf(action), answer.url).href;
    const hidden = html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g);
    this.fields = Object.fromEntries([...hidden].map(([, name = '', value = '']) => [name, textOf(value)]));
    const problems = /id="problems">.*?<\/div>/s.exec(html)?.[0] ?? '';
    const steps = html.matchAll(/<strong>(.*?)<\/strong> <span class="said">(.*?)<\/span>/gs);
    return {
      status: answer.status,
      url: answer.url,
      title: textOf(/<h1>(.*?)<\/h1>/s.exec(html)?.[1] ?? ''),
      problems: [...problems.matchAll(/<li>(.*?)<\/li>/gs)].map(([, text = '']) => textOf(text)),
      steps: [...steps].map(([, directory = '', said = '']) => ({ directory: textOf(directory), said: textOf(said) })),
    };
  }
}

function textOf(html: string): string {
  return html.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code))).trim();
}
