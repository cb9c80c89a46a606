#nullable enable
using System;
using System.Collections.Generic;
using static System.Math;

namespace Shop.Stock
{
    /// <summary>What can be counted.</summary>
    public interface ICounted<out T> where T : class
    {
        int Count { get; }
        event EventHandler? Changed;
    }

    [Serializable]
    public abstract partial class Item : ICounted<string>, IDisposable
    {
        public const int Limit = 0x7F;
        private readonly Dictionary<string, decimal> prices = new() { ["apple"] = 1.5m };
        public event EventHandler? Changed;

        protected Item(string name, int count = 0) : base() => (Name, Count) = (name, count);

        public string Name { get; init; } = "";
        public int Count { get; private set; }

        public decimal this[string key]
        {
            get => prices.TryGetValue(key, out var price) ? price : 0m;
            set { prices[key] = value; Changed?.Invoke(this, EventArgs.Empty); }
        }

        public async System.Threading.Tasks.Task<int> Sell(int count)
        {
            if (count > Count || count is < 0 or > Limit)
            {
                throw new ArgumentException($"cannot sell {count:D3} of {Name}", nameof(count));
            }
            try
            {
                for (int i = 0; i < count; i++) Count--;
                foreach (var (key, price) in prices) Console.WriteLine(key + ": " + price);
            }
            catch (InvalidOperationException e) when (e.Message.Length > 0) { return -1; }
            finally { await System.Threading.Tasks.Task.Yield(); }
            return count switch { 0 => 'a', 1 => (int)Sqrt(4.0), _ => Count };
        }

        public abstract void Dispose();
        public static Item operator +(Item a, Item b) => a;
    }

    public enum State { Idle, Busy = 1 << 2 }
    public record struct Point(int X, int Y);
}
