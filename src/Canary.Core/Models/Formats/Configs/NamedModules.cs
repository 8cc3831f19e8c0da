using System.Collections.Frozen;

namespace Canary.Models.Formats.Configs;

/// <summary>What is thought of a Python module that a configuration names, to be imported and called.</summary>
internal static class NamedModules
{
    // Modules of the standard library, and a few beside it, in which some function runs code, starts programs, or reaches files or the network.
    private static readonly FrozenSet<string> Dangerous = FrozenSet.ToFrozenSet(
    [
        "os", "posix", "nt", "posixpath", "ntpath", "subprocess", "_posixsubprocess", "sys", "builtins", "__builtin__", "__builtins__", "shutil", "socket",
        "pty", "runpy", "importlib", "pickle", "_pickle", "cPickle", "marshal", "ctypes", "_ctypes", "code", "codeop", "types", "operator", "_operator",
        "functools", "asyncio", "multiprocessing", "concurrent", "webbrowser", "http", "urllib", "urllib2", "urllib3", "requests", "httpx", "aiohttp",
        "pip", "setuptools", "distutils", "ensurepip", "venv", "zipapp", "zipimport", "tempfile", "pathlib", "glob", "io", "_io", "fileinput", "codecs",
        "commands", "popen2", "platform", "signal", "threading", "_thread", "sched", "timeit", "cProfile", "profile", "pdb", "bdb", "trace", "doctest",
        "unittest", "test", "pydoc", "pkgutil", "idlelib", "lib2to3", "imaplib", "smtplib", "poplib", "ftplib", "telnetlib", "nntplib", "xmlrpc",
        "socketserver", "wsgiref", "sqlite3", "dbm", "shelve", "dill", "cloudpickle", "joblib", "logging", "gc", "inspect", "ast", "dis", "atexit",
        "site", "uuid", "getpass", "mailcap", "cgi", "ssl", "select", "mmap", "fcntl", "resource", "crypt", "winreg", "_winreg", "msvcrt", "winsound",
        "antigravity", "turtle", "tkinter", "paramiko", "fabric", "pexpect", "sh", "plumbum", "yaml", "jinja2",
    ], StringComparer.Ordinal);

    /// <summary>The part before the first dot.</summary>
    public static string Root(string module) => module.Split('.', 2)[0];

    /// <param name="known">Roots that belong to the loader itself.</param>
    public static ModelVerdict Judge(string module, FrozenSet<string> known) =>
        Dangerous.Contains(Root(module)) ? ModelVerdict.Deny : known.Contains(Root(module)) ? ModelVerdict.Allow : ModelVerdict.Unknown;

    /// <summary>Splits <c>package.module.Name</c> at its last dot.</summary>
    public static (string Module, string Name) Split(string path) =>
        path.LastIndexOf('.') is >= 0 and int dot ? (path[..dot], path[(dot + 1)..]) : ("", path);
}
