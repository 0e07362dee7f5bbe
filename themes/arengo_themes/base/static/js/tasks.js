// Follows a task by server-sent events; at its end the page leads on to what came of it.
for (const place of document.querySelectorAll("[data-task]")) {
  const bar = place.querySelector("progress");
  const words = place.querySelector("[data-task-message]");
  const events = new EventSource(`${place.dataset.task}/events`);

  events.addEventListener("progress", (event) => {
    const told = JSON.parse(event.data);
    if (told.total) {
      bar.max = told.total;
      bar.value = told.done;
    }
    if (told.message && words.textContent !== told.message) words.textContent = told.message;
  });

  events.addEventListener("end", (event) => {
    events.close();
    const told = JSON.parse(event.data);
    if (told.page) location.replace(`${place.dataset.task}/result`);
    else location.reload();
  });
}
