namespace Canary.Models;

/// <summary>A chat template that a model brings: a program in Jinja that a server runs over every conversation.</summary>
/// <param name="Name">The key or file that holds it: <c>tokenizer.chat_template</c>.</param>
/// <param name="Sha256">Of its UTF-8 text, in lower-case hexadecimal.</param>
public sealed record ModelTemplate(string Name, string Text, string Sha256);
