"""The withdrawal function (art. 54-bis Codice del consumo) and the cases it opens."""
