// Keeps "3 min ago" true while a page stays open. The words are those that the server writes.
const MINUTE = 60_000, HOUR = 3_600_000, DAY = 86_400_000;

function words(passed) {
  if (passed < -MINUTE || passed >= 28 * DAY) return null;
  if (passed < MINUTE) return "just now";
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)} min ago`;
  if (passed < DAY) return `${Math.floor(passed / HOUR)} h ago`;
  const days = Math.floor(passed / DAY);
  return days === 1 ? "yesterday" : `${days} days ago`;
}

function refresh() {
  if (document.hidden) return;
  for (const element of document.querySelectorAll("time[datetime]")) {
    const text = words(Date.now() - Date.parse(element.dateTime));
    if (text !== null && text !== element.textContent) element.textContent = text;
  }
}

setInterval(refresh, MINUTE);
document.addEventListener("visibilitychange", refresh);
