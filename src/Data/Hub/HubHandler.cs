using System.Net;
using System.Net.Http.Headers;
using Nola.Data.Downloads;

namespace Nola.Data.Hub;

/// <summary>
/// Sends the token to the hub and to nobody else, and follows redirects: of a file to the storage that has it, of a question about a file only as long
/// as the hub itself answers, since the storage knows nothing of checksums.
/// </summary>
internal sealed class HubHandler(Uri endpoint, string? token) : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
{
    private const int MaxRedirects = 10;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        for (var redirects = 0; ; redirects++)
        {
            var from = request.RequestUri!;
            request.Headers.Authorization = token is not null && IsHub(from) ? new AuthenticationHeaderValue("Bearer", token) : null;
            var answer = await base.SendAsync(request, cancellationToken);
            if (answer.StatusCode is not (HttpStatusCode.Moved or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect)
                || answer.Headers.Location is not { } location)
                return answer;
            var to = new Uri(from, location);
            if (request.Method == HttpMethod.Head && !IsHub(to))
                return answer;
            answer.Dispose();
            if (redirects == MaxRedirects)
                throw new DownloadException($"{from}: the server redirects more than {MaxRedirects} times");
            if (from.Scheme == "https" && to.Scheme != "https")
                throw new DownloadException($"{from}: the server redirects to {to.Scheme}://{to.Authority}, which is not encrypted");
            request.RequestUri = to;
        }
    }

    private bool IsHub(Uri address) => Uri.Compare(address, endpoint, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0;
}
