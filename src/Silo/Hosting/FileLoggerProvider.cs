using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Nola.Silo.Hosting;

/// <summary>Appends log lines to one file. A line that cannot be written, on a full disk, is lost: what it tells about must go on.</summary>
internal sealed class FileLoggerProvider : ILoggerProvider
{
    private readonly Lock gate = new();
    private readonly StreamWriter writer;

    public FileLoggerProvider(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        writer = new(new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0)) { AutoFlush = true };
    }

    public ILogger CreateLogger(string categoryName) => new FileLogger(this, categoryName);

    public void Dispose()
    {
        lock (gate)
            writer.Dispose();
    }

    private void Write(string line)
    {
        lock (gate)
        {
            try
            {
                writer.WriteLine(line);
            }
            catch (IOException)
            {
                // Whoever logs must not fail for it.
            }
        }
    }

    private sealed class FileLogger(FileLoggerProvider provider, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                provider.Write(string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow():O} {logLevel} {category}: {formatter(state, exception)}{(exception is null ? "" : "\n" + exception)}"));
        }
    }
}
