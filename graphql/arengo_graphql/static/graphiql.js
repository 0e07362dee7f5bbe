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
  ReactDOM.render(React.createElement(GraphiQL, { fetcher }), place);
});
