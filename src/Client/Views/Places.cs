namespace Nola.Client.Views;

/// <summary>Where a trial runs, for people.</summary>
internal static class Places
{
    /// <summary>
    /// Of the silo's address and the device's name, such as <c>S10.0.0.7:11111:154541397 cuda:0</c>, what tells places apart: <c>10.0.0.7 cuda:0</c>, and on this machine <c>cuda:0</c>.
    /// </summary>
    public static string Short(string place)
    {
        if (place.Split(' ', 2) is not [['S', .. var address], var device] || address.Split(':').Length < 3)
            return place;
        var host = string.Join(':', address.Split(':')[..^2]);
        return host == "127.0.0.1" ? device : $"{host} {device}";
    }
}
