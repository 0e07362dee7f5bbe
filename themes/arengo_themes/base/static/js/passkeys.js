// Buttons that make a passkey or sign in by one; the form around each carries the answer.
async function usePasskey(button) {
  const form = button.closest("form");
  const begun = await fetch(button.dataset.begin, {
    method: "POST",
    headers: { "X-CSRF-Token": form.elements._csrf_token.value, Accept: "application/json" },
  });
  if (!begun.ok) throw new Error(String(begun.status));
  const options = await begun.json();
  const credential =
    button.dataset.passkey === "create"
      ? await navigator.credentials.create({
          publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options),
        })
      : await navigator.credentials.get({
          publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options),
        });
  form.elements.credential.value = JSON.stringify(credential.toJSON());
  form.submit();
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-passkey]");
  if (!button || button.disabled) return;
  const fault = button.closest("form").querySelector("[data-passkey-fault]");
  fault.hidden = true;
  button.disabled = true;
  try {
    await usePasskey(button);
  } catch {
    fault.hidden = false;
    button.disabled = false;
  }
});
