// Keeps the progress of a re-test up to date: asks for that part of the page every two seconds, and for the whole
// page once there is something else to see. Without this file the page has a link that does the same.

const EVERY_MS = 2000;

async function look() {
  const place = document.getElementById("progress");
  try {
    const answer = await fetch(place.dataset.again, { redirect: "error" });
    if (!answer.ok || answer.headers.get("X-Over") === "1") {
      location.reload();
      return;
    }
    const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
    place.replaceWith(parsed.getElementById("progress"));
  } catch {
    // The network is away for a moment; the next look may reach the portal again.
  }
  setTimeout(look, EVERY_MS);
}

setTimeout(look, EVERY_MS);
