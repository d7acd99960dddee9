// <attune-when> around a <time datetime>: says it as the reader's clock has it.
// Without it the page says the time in UTC.
class When extends HTMLElement {
  connectedCallback(): void {
    for (const time of this.querySelectorAll<HTMLTimeElement>("time[datetime]")) {
      const at = new Date(time.dateTime);
      if (Number.isNaN(at.getTime())) continue;
      time.textContent = new Intl.DateTimeFormat(document.documentElement.lang, {
        dateStyle: "medium",
        timeStyle: "short",
      }).format(at);
    }
  }
}
customElements.define("attune-when", When);
