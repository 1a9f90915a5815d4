namespace Nola.Core.Tests;
public class Smoke { [Fact] public void One_IsOne() => Assert.Equal(1, 1); }
