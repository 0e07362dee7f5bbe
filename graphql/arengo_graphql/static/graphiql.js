document.addEventListener("DOMContentLoaded", () => {
  const place = document.getElementById("graphiql");
  const fetcher = async (operation) => {
    const answer = await fetch(place.dataset.endpoint, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(operation),
      credentials: "same-origin",
    });
    return answer.json();
  };
  // GraphiQL's editors have no names, and what scrolls in them no place in the tab order.
  const name = () => {
    for (const editor of place.querySelectorAll(".CodeMirror")) {
      const area = editor.querySelector("textarea");
      const pane = editor.closest("[aria-label]")?.getAttribute("aria-label") ?? "Editor";
      if (!area.hasAttribute("aria-label")) area.setAttribute("aria-label", pane);
      const scroll = editor.querySelector(".CodeMirror-scroll");
      if (scroll.tabIndex < 0) scroll.tabIndex = 0;
    }
  };
  new MutationObserver(name).observe(place, { childList: true, subtree: true });
  ReactDOM.render(React.createElement(GraphiQL, { fetcher }), place);
});
