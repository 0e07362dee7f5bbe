// Enhances pages that work without it: menus, the phone navigation, double sends, dialogs.
document.documentElement.classList.add("js");

function toggleNavigation(button) {
  const open = button.getAttribute("aria-expanded") === "true";
  button.setAttribute("aria-expanded", String(!open));
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.ar-menu[open]")) {
    if (menu !== except) menu.open = false;
  }
}

document.addEventListener("click", (event) => {
  const toggle = event.target.closest(".ar-nav-toggle");
  if (toggle) toggleNavigation(toggle);
  closeMenus(event.target.closest("details.ar-menu"));
  if (event.target.closest("[data-print]")) window.print();
  const closer = event.target.closest("[data-close-dialog]");
  if (closer && closer.closest("dialog[open]")) {
    event.preventDefault();
    closer.closest("dialog").close();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details.ar-menu[open]");
  if (open) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});

// A second press of a button that creates or pays sends nothing again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  for (const button of form.querySelectorAll("button[type=submit]")) {
    button.setAttribute("aria-disabled", "true");
  }
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-disabled]")) {
      button.removeAttribute("aria-disabled");
    }
  }
});

// A page fetched into the dialog frame is shown as a modal dialog.
document.addEventListener("htmx:afterSwap", (event) => {
  const frame = event.target;
  if (frame.id === "ar-dialog" && !frame.open) frame.showModal();
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest("form[data-sent]");
  if (form) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-disabled]")) {
      button.removeAttribute("aria-disabled");
    }
  }
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
});

document.addEventListener("DOMContentLoaded", () => {
  const summary = document.querySelector(".ar-error-summary");
  if (summary) summary.focus();
});
